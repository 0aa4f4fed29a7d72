package io.afnio4j.model.http;

import io.afnio4j.model.HalfCharacters;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.JsonGeneratorDelegate;

/** Writes every text, wherever it stands in a request, so that it is UTF-8. */
final class WellFormedJson extends JsonGeneratorDelegate {

    WellFormedJson(JsonGenerator json) {
        super(json, false); // so that what is inside of objects comes by here too
    }

    @Override
    public JsonGenerator writeName(String name) {
        return super.writeName(wellFormed(name));
    }

    @Override
    public JsonGenerator writeString(String text) {
        return super.writeString(wellFormed(text));
    }

    /**
     * With the replacement character for halves, as everywhere else in Java: it would be a pity to lose a whole pass
     * for one.
     */
    private static String wellFormed(String text) {
        return HalfCharacters.replaced(text, half -> "\uFFFD");
    }
}
