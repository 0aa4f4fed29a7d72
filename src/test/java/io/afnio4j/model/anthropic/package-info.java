@NullMarked
package io.afnio4j.model.anthropic;

import org.jspecify.annotations.NullMarked;
