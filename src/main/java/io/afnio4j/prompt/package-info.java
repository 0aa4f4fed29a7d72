/**
 * Words. {@link PromptTemplate} fills user prompts, {@link Wording} holds every sentence of the library's own that is
 * sent to a model or stands in a gradient, as versioned resources, and {@link Fence} puts user text where it can't
 * break out. No graph and no HTTP.
 */
@NullMarked
package io.afnio4j.prompt;

import org.jspecify.annotations.NullMarked;
