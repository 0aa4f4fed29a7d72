/**
 * What travels with a subscription in Reactor's {@code Context}, where rooms that may not know each other have to agree on a
 * key: the engine says how urgent a call is and the admission queue of a model client reads it; who samples says which sample a call
 * is and a cache reads it.
 */
@NullMarked
package io.afnio4j.context;

import org.jspecify.annotations.NullMarked;
