/** What a pass leaves behind when it is killed, cancelled, or one of very many. */
@NullMarked
package io.afnio4j.survive;

import org.jspecify.annotations.NullMarked;
