/**
 * Models that need no provider: for tests of programs that use afnio4j, and for its own. {@link ScriptedChatModel} says
 * what it was told to say and remembers what it was asked; {@link FaultyChatModel} makes any model as unreliable as the
 * real ones, repeatably; {@link RecordingChatModel} writes down what a real model answers, and
 * {@link ReplayingChatModel} says it again without a network and without a key.
 */
@NullMarked
package io.afnio4j.model.script;

import org.jspecify.annotations.NullMarked;
