package io.afnio4j.model;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A piece of a message. */
public sealed interface ContentPart {

    static ContentPart text(String text) {
        return new Text(text);
    }

    /**
     * A picture that the provider fetches by itself.
     *
     * @param url an https or a {@code data:} URL
     * @return the part
     */
    static ContentPart image(String url) {
        return new Image(url, null);
    }

    /**
     * A picture that travels in the request.
     *
     * @param mimeType for example {@code image/png}
     * @param data the file's bytes
     * @return the part
     */
    static ContentPart image(String mimeType, byte[] data) {
        return new Image("data:" + mimeType + ";base64," + Base64.getEncoder().encodeToString(data), null);
    }

    /**
     * Words.
     *
     * @param text the words, sent as they are
     */
    record Text(String text) implements ContentPart {}

    /**
     * A picture, for models that can see.
     *
     * @param url where it is, or itself as {@code data:image/png;base64,...}
     * @param detail how closely to look, in the provider's words ({@code low}, {@code high}); null leaves it to the
     *     provider
     */
    record Image(String url, @Nullable String detail) implements ContentPart {

        private static final String BASE64 = ";base64,";

        public Image {
            if (!url.startsWith("data:") && !url.startsWith("https://") && !url.startsWith("http://")) {
                throw new IllegalArgumentException(
                        "An image needs an http, https or data URL; for bytes use ContentPart.image(mimeType, data).");
            }
            if (url.startsWith("data:") && !url.contains(BASE64)) {
                throw new IllegalArgumentException("An image in a data URL must be base64: data:image/png;base64,...");
            }
        }

        public boolean inline() {
            return url.startsWith("data:");
        }

        /**
         * The kind of an inline picture.
         *
         * @return for example {@code image/png}
         */
        public String mimeType() {
            return url.substring("data:".length(), url.indexOf(BASE64));
        }

        /**
         * The bytes of an inline picture.
         *
         * @return base64
         */
        public String base64() {
            return url.substring(url.indexOf(BASE64) + BASE64.length());
        }

        /** The picture without its bytes, which may be megabytes. */
        @Override
        public String toString() {
            return "Image[" + (inline() ? mimeType() : url) + "]";
        }
    }
}
