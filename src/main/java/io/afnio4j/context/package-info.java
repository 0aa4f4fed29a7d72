/**
 * What travels with a subscription in Reactor's {@code Context}, where rooms that may not know each other have to agree on a
 * key: the engine says what a call is made for and how urgent it is and where it stands in its graph, and the meter and the queue of a model client read it; who samples says which sample a call
 * is and a cache reads it; the cache says how an answer is forgotten, and who could not use it has it forgotten.
 */
@NullMarked
package io.afnio4j.context;

import org.jspecify.annotations.NullMarked;
