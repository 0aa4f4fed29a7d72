/**
 * Answers as objects: a record class says what an answer looks like ({@code RecordSchema} makes the JSON schema of it),
 * the model is told to keep to it, and {@link io.afnio4j.model.structured.Structured} reads the answer into a record.
 */
@NullMarked
package io.afnio4j.model.structured;

import org.jspecify.annotations.NullMarked;
