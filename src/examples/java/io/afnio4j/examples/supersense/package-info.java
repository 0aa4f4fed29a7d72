/**
 * The main job: the wording of a classification prompt is optimised on definitions from WordNet and judged on
 * definitions that were never used. {@link io.afnio4j.examples.supersense.SupersenseData} holds the rows. Where no
 * endpoint is configured, {@link io.afnio4j.examples.supersense.StandInServer} stands in for one: it speaks the chat
 * protocol over real HTTP, and {@link io.afnio4j.examples.supersense.StandInModel} answers from a small embedded
 * sentence encoder. It is not a language model.
 */
@NullMarked
package io.afnio4j.examples.supersense;

import org.jspecify.annotations.NullMarked;
