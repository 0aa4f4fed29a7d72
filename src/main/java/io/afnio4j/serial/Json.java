package io.afnio4j.serial;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as {@code .hf} files use it, and the marks with which it tells more kinds of values than JSON has. Each file has
 * parsers and generators of its own: nothing that a file holds stays behind in a shared table.
 */
final class Json {

    /**
     * The field that makes an object something other than a map. A map's own keys that begin with $ get a second one.
     */
    static final String TYPE = "$type";

    static final String MARK = "$";

    private Json() {}

    static JsonGenerator generator(OutputStream out, ReadLimits limits) {
        return JsonFactory.builder()
                .characterEscapes(new EscapedSurrogates())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(limits.depth() + 1)
                        .build())
                .build()
                .createGenerator(ObjectWriteContext.empty(), out);
    }

    static JsonParser parser(byte[] json, ReadLimits limits) {
        // The parser's own decoder would replace broken bytes.
        CharsetDecoder strictly = StandardCharsets.UTF_8.newDecoder();
        // One more, so that the reader meets the limit and words it.
        int levels = limits.depth() + 1;
        return JsonFactory.builder()
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(levels)
                        .maxStringLength(limits.textLength())
                        .maxNameLength(limits.textLength())
                        .build())
                .build()
                .createParser(
                        ObjectReadContext.empty(), new InputStreamReader(new ByteArrayInputStream(json), strictly));
    }

    /** A place in the tree for messages: {@code at /optimizer/groups/0}. */
    static String at(String pointer) {
        return pointer.isEmpty() ? "at the root" : "at " + Place.shown(pointer);
    }

    /**
     * Writes surrogates as escapes. A text that was cut in the middle of a pair has no UTF-8 form; it is kept as it is,
     * not refused: what was learnt must be savable.
     */
    private static final class EscapedSurrogates extends CharacterEscapes {

        private static final long serialVersionUID = 1L;

        @Override
        public int[] getEscapeCodesForAscii() {
            return standardAsciiEscapesForJSON();
        }

        @Override
        @SuppressWarnings("NullAway") // null means "no escape"; the library doesn't say so in its types
        public SerializableString getEscapeSequence(int c) {
            return Character.isSurrogate((char) c) ? new SerializedString(String.format("\\u%04X", c)) : null;
        }
    }
}
