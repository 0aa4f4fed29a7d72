package io.afnio4j.model.http;

import io.afnio4j.model.CompletionOptions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands in a request beside its messages: the fields that the client adds to every request, and above them the request's own options. */
public final class RequestFields {

    private final List<String> reserved;
    private final Map<String, @Nullable Object> ofClient;

    /**
     * Checks the client's fields.
     *
     * @param reserved names that are no options, because the client writes them itself
     * @param ofClient what each request has unless its options say otherwise; null leaves a field out
     * @throws IllegalArgumentException where a name is reserved
     */
    public RequestFields(List<String> reserved, Map<String, @Nullable Object> ofClient) {
        this.reserved = List.copyOf(reserved);
        this.ofClient = ofClient;
        check(ofClient.keySet());
    }

    /**
     * Refuses options that would silently change what the client sends itself.
     *
     * @param options the options of a request
     * @throws IllegalArgumentException where one is named as a part of the request that isn't an option
     */
    public void check(CompletionOptions options) {
        check(options.fields().keySet());
    }

    private void check(Collection<String> names) {
        for (String name : reserved) {
            if (names.contains(name)) {
                throw new IllegalArgumentException(
                        "'" + name
                                + "' can't be set as an option: the client, the messages and the method that is called decide it.");
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
