/**
 * What travels with a subscription in Reactor's {@code Context}, where rooms that may not know each other have to agree on a
 * key: the engine says how urgent a call is, the admission queue of a model client reads it.
 */
@NullMarked
package io.afnio4j.context;

import org.jspecify.annotations.NullMarked;
