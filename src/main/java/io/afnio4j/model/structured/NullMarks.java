package io.afnio4j.model.structured;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Tells what may be null: what is marked with an annotation named {@code Nullable}, or is an {@code Optional}. As a
 * part of Jackson it refuses null for every other component of a record, and within collections of anything but
 * {@code Object} or {@code Optional}.
 */
final class NullMarks extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    static boolean isOptional(Class<?> type) {
        return OPTIONALS.contains(type);
    }

    /** By the annotation's name alone, as other libraries do it: there are many of this name. */
    static boolean isMarked(AnnotatedElement place, AnnotatedType type) {
        return Stream.concat(Arrays.stream(place.getAnnotations()), Arrays.stream(type.getAnnotations()))
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated place) {
        JsonSetter.Value own = super.findSetterInfo(config, place);
        if (!(place instanceof AnnotatedParameter component)) {
            return own;
        }
        Executable creator = (Executable) component.getOwner().getMember();
        Parameter parameter = creator.getParameters()[component.getIndex()];
        boolean nullable = isOptional(component.getRawType()) || isMarked(parameter, parameter.getAnnotatedType());
        return JsonSetter.Value.construct(nullable ? Nulls.SET : Nulls.FAIL, inside(component.getType()))
                .withOverrides(own);
    }

    /** One rule for a collection and all collections in it: Jackson has no more. */
    private static Nulls inside(JavaType type) {
        JavaType innermost = type.isReferenceType() ? type.getReferencedType() : type;
        while (innermost.isContainerType()) {
            innermost = innermost.getContentType();
        }
        return innermost.isJavaLangObject() || isOptional(innermost.getRawClass()) ? Nulls.SET : Nulls.FAIL;
    }
}
