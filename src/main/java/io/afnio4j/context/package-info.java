/**
 * What travels with a subscription in Reactor's {@code Context}, where rooms that may not know each other have to agree
 * on a key. The engine says what a call is made for ({@link Phase}), how urgent it is ({@link Priority}) and where it
 * stands in its graph ({@link GraphOrder}), and the meter and the queue of a client read it. Whoever makes many calls
 * together can call off those that still wait ({@link CallOff}), and queues and retries hear it. Whoever wants several
 * answers to one question says which it is ({@link Sample}), and caches keep each. A cache says how an answer is
 * forgotten, and who could not use it has it forgotten ({@link Forgetting}).
 */
@NullMarked
package io.afnio4j.context;

import org.jspecify.annotations.NullMarked;
