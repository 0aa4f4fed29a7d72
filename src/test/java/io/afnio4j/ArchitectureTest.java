package io.afnio4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** The house stands as it was drawn: each room on its floor, nothing blocks, nothing prints. */
class ArchitectureTest {

    private static final String ROOT = "io.afnio4j";

    /** A room may use the rooms of lower floors only. A new room gets its line here, or the first rule fails. */
    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            entry("error", 0),
            entry("context", 0),
            entry("file", 0),
            entry("prompt", 1),
            entry("model", 1),
            entry("autodiff", 2),
            entry("model.http", 2),
            entry("model.structured", 2),
            entry("model.limit", 2),
            entry("model.script", 2),
            entry("model.openai", 3),
            entry("model.anthropic", 3),
            entry("model.gemini", 3),
            entry("serial", 3),
            entry("data", 3),
            entry("ops", 3),
            entry("picture", 3),
            entry("cognitive", 4),
            entry("optim", 4),
            entry("train", 5),
            entry("observe", 6),
            entry("", 7));

    /** Raise it as the house grows: a rule over nothing is no rule. */
    private static final int AT_LEAST = 80;

    private static final Set<String> BLOCKING_OPERATORS =
            Set.of("block", "blockFirst", "blockLast", "blockOptional", "toIterable", "toStream", "toFuture");

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void theRulesSeeTheWholeHouse() {
        assertThat(HOUSE).hasSizeGreaterThan(AT_LEAST);
        assertThat(HOUSE.stream().map(ArchitectureTest::room).collect(Collectors.toSet()))
                .contains("error", "context", "prompt", "model", "autodiff", "observe")
                .isSubsetOf(FLOORS.keySet());
    }

    @Test
    void aRoomUsesOnlyRoomsOnLowerFloors() {
        classes().should(useLowerFloorsOnly()).check(HOUSE);
    }

    @Test
    void noCycleExistsBetweenRooms() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void eachOutsideLibraryHasItsRoom() {
        onlyIn(ROOT + ".model.http..", "reactor.netty..", "io.netty..");
        onlyIn(ROOT + ".model.structured..", "com.github.victools..");
        onlyIn(ROOT + ".model.limit..", "io.github.resilience4j..");
        onlyIn(ROOT + ".observe..", "io.micrometer.core..", "io.micrometer.observation..");
        onlyIn(ROOT + ".autodiff..", "io.micrometer.context..");
        onlyIn(ROOT + ".picture..", "org.graphper..");
    }

    @Test
    void nothingBlocks() {
        noClasses()
                .should()
                .callMethodWhere(describe("it blocks", ArchitectureTest::blocks))
                .check(HOUSE);
    }

    @Test
    void nothingPrints() {
        noClasses()
                .should()
                .getFieldWhere(describe("it is System.out or System.err", access -> isSystemStream(access)))
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(HOUSE);
    }

    @Test
    void everyRoomSaysWhatItIsForAndIsNullMarked() {
        Set<JavaPackage> rooms = HOUSE.stream().map(JavaClass::getPackage).collect(Collectors.toSet());

        assertThat(rooms)
                .isNotEmpty()
                .allSatisfy(room -> assertThat(
                                room.tryGetPackageInfo().map(info -> info.isAnnotatedWith(NullMarked.class)))
                        .as(room.getName())
                        .contains(true));
    }

    private static void onlyIn(String room, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(HOUSE);
    }

    private static ArchCondition<JavaClass> useLowerFloorsOnly() {
        return new ArchCondition<>("use lower floors only") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                    JavaClass used = dependency.getTargetClass().getBaseComponentType();
                    boolean ours = used.getPackageName().equals(ROOT)
                            || used.getPackageName().startsWith(ROOT + ".");
                    if (ours && !room(used).equals(room(user)) && floor(used) >= floor(user)) {
                        events.add(SimpleConditionEvent.violated(user, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static int floor(JavaClass inside) {
        return FLOORS.getOrDefault(room(inside), Integer.MAX_VALUE);
    }

    private static String room(JavaClass inside) {
        String name = inside.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
    }

    private static boolean blocks(JavaAccess<? extends AccessTarget.CodeUnitAccessTarget> call) {
        JavaClass owner = call.getTargetOwner();
        String method = call.getTarget().getName();
        return (owner.isAssignableTo(Publisher.class) && BLOCKING_OPERATORS.contains(method))
                || (owner.isEquivalentTo(Thread.class) && (method.equals("sleep") || method.equals("join")))
                || (owner.isAssignableTo(Future.class) && (method.equals("get") || method.equals("join")));
    }

    private static boolean isSystemStream(JavaAccess<AccessTarget.FieldAccessTarget> access) {
        return access.getTargetOwner().isEquivalentTo(System.class)
                && access.getTarget().getRawType().isEquivalentTo(PrintStream.class);
    }
}
