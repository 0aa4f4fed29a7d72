/**
 * What travels with a subscription in Reactor's {@code Context}, where rooms that may not know each other have to agree on a key. The engine says what a call is made for
 * ({@link io.afnio4j.context.Phase}), how urgent it is ({@link io.afnio4j.context.Priority}) and where it stands in its graph ({@link io.afnio4j.context.GraphOrder}), and
 * the meter and the queue of a client read it. Whoever makes many calls together can call off those that still wait ({@link io.afnio4j.context.CallOff}), and queues and
 * retries hear it. Whoever wants several answers to one question says which it is ({@link io.afnio4j.context.Sample}), and caches keep each. A cache says how an answer is
 * forgotten, and who could not use it has it forgotten ({@link io.afnio4j.context.Forgetting}).
 */
@NullMarked
package io.afnio4j.context;

import org.jspecify.annotations.NullMarked;
