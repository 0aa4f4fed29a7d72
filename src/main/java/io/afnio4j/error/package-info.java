/**
 * What can go wrong while a program runs. {@link io.afnio4j.error.AfnioException} has two branches, and the branch is the
 * answer to the first question that a caller asks: can trying again help ({@link io.afnio4j.error.RetriableException}) or
 * not ({@link io.afnio4j.error.PermanentException})? Programming mistakes are not here: they are the JDK's
 * {@link java.lang.IllegalArgumentException} and {@link java.lang.IllegalStateException}, thrown at the call. {@link io.afnio4j.error.Together} says what
 * several failures at the same time come to, {@link io.afnio4j.error.OptionalJar} which library is missing where one is.
 */
@NullMarked
package io.afnio4j.error;

import org.jspecify.annotations.NullMarked;
