/**
 * How many calls over HTTP the full client makes, beside a bare client of Reactor Netty that sends the same bytes and
 * reads as much of the answers, and beside LangChain4j's client for OpenAI. The provider is a process of its own.
 * {@link io.afnio4j.benchmarks.http.CallsOverHttp} runs all of it and prints the figures.
 */
@NullMarked
package io.afnio4j.benchmarks.http;

import org.jspecify.annotations.NullMarked;
