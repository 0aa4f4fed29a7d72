@NullMarked
package io.afnio4j.file;

import org.jspecify.annotations.NullMarked;
