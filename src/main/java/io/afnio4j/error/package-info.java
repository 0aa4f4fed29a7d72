/**
 * What can go wrong while a program runs. {@link AfnioException} has two branches, and the branch is the answer to the
 * first question that a caller asks: can trying again help ({@link RetriableException}) or not
 * ({@link PermanentException})? Programming mistakes are not here: they are the JDK's
 * {@link java.lang.IllegalArgumentException} and {@link java.lang.IllegalStateException}, thrown at the call.
 * {@link Together} says what several failures at the same time come to, {@link OptionalJar} which library is missing
 * where one is.
 */
@NullMarked
package io.afnio4j.error;

import org.jspecify.annotations.NullMarked;
