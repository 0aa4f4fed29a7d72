package io.afnio4j.cognitive;

import java.util.List;

/**
 * Where a state and the module that it was loaded into differ.
 *
 * @param missing paths of the module that the state doesn't have; they stayed as they were
 * @param unexpected paths of the state that the module doesn't have; they were not used
 */
public record IncompatibleKeys(List<String> missing, List<String> unexpected) {

    public IncompatibleKeys {
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
    }
}
