package io.afnio4j.testing;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;

/** What OpenAI's vocabularies make of a text: read once, since that takes a second. */
public final class Vocabulary {

    private static final EncodingRegistry REGISTRY = Encodings.newLazyEncodingRegistry();
    private static final Encoding CL100K = REGISTRY.getEncoding(EncodingType.CL100K_BASE);
    private static final Encoding O200K = REGISTRY.getEncoding(EncodingType.O200K_BASE);

    private Vocabulary() {}

    /** Its tokens by the vocabulary that makes more of it. */
    public static int tokens(String text) {
        return Math.max(CL100K.countTokensOrdinary(text), O200K.countTokensOrdinary(text));
    }
}
