@NullMarked
package io.afnio4j.model.gemini;

import org.jspecify.annotations.NullMarked;
