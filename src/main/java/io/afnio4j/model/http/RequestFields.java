package io.afnio4j.model.http;

import io.afnio4j.model.CompletionOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a request beside its messages: the fields that the client adds to every request, and above them the
 * request's own options.
 */
public final class RequestFields {

    private final List<String> reserved;
    private final List<String> objects;
    private final Map<String, @Nullable Object> ofClient;

    /**
     * Checks the client's fields.
     *
     * @param reserved names that are no options, because the client writes them itself
     * @param ofClient what each request has unless its options say otherwise; null leaves a field out
     * @throws IllegalArgumentException where a name is reserved
     */
    public RequestFields(List<String> reserved, Map<String, @Nullable Object> ofClient) {
        this(reserved, List.of(), ofClient);
    }

    /**
     * Checks the client's fields.
     *
     * @param reserved names that are no options, because the client writes them itself
     * @param objects names of options that are read as objects, of which anything else would be left out in silence
     * @param ofClient what each request has unless its options say otherwise; null leaves a field out
     * @throws IllegalArgumentException where a name is reserved, or what should be an object isn't one
     */
    public RequestFields(List<String> reserved, List<String> objects, Map<String, @Nullable Object> ofClient) {
        this.reserved = List.copyOf(reserved);
        this.objects = List.copyOf(objects);
        this.ofClient = ofClient;
        check(ofClient);
    }

    /**
     * Refuses options that would silently change what the client sends itself.
     *
     * @param options the options of a request
     * @throws IllegalArgumentException where one is named as a part of the request that isn't an option, or should be
     *     an object and isn't
     */
    public void check(CompletionOptions options) {
        check(options.fields());
    }

    private void check(Map<String, @Nullable Object> fields) {
        for (String name : reserved) {
            if (fields.containsKey(name)) {
                throw new IllegalArgumentException(
                        "'" + name
                                + "' can't be set as an option: the client, the messages and the method that is called decide it.");
            }
        }
        for (String name : objects) {
            Object value = fields.get(name);
            if (value != null && !(value instanceof Map)) {
                throw new IllegalArgumentException("The option '" + name + "' must be a Map of its fields, not a "
                        + value.getClass().getSimpleName() + ".");
            }
        }
    }

    /**
     * The fields of one request.
     *
     * @param options its own options
     * @return the client's fields that aren't among the options, then the options; of both only what has a value
     */
    public Map<String, Object> with(CompletionOptions options) {
        Map<String, Object> all = new LinkedHashMap<>();
        ofClient.forEach((name, value) -> {
            if (value != null) {
                all.put(name, value);
            }
        });
        options.fields().forEach((name, value) -> {
            all.remove(name);
            if (value != null) {
                all.put(name, value);
            }
        });
        return all;
    }

    /**
     * Whether the client has an opinion about a field, even that it be left out.
     *
     * @param name the field's name
     * @return true where it has
     */
    public boolean mentions(String name) {
        return ofClient.containsKey(name);
    }
}
