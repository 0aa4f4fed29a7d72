@NullMarked
package io.afnio4j.model.http;

import org.jspecify.annotations.NullMarked;
