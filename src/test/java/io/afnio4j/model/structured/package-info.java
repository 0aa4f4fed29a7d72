@NullMarked
package io.afnio4j.model.structured;

import org.jspecify.annotations.NullMarked;
