@NullMarked
package io.afnio4j.model;

import org.jspecify.annotations.NullMarked;
