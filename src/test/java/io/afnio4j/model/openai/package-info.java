@NullMarked
package io.afnio4j.model.openai;

import org.jspecify.annotations.NullMarked;
