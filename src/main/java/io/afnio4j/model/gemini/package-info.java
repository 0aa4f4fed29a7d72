/**
 * The client for Google's Gemini API. A request becomes JSON ({@code GenerateJson}); what comes back, whole or event by
 * event, is read by {@code Candidate}. How it travels is {@code model.http}'s business.
 */
@NullMarked
package io.afnio4j.model.gemini;

import org.jspecify.annotations.NullMarked;
