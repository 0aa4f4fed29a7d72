/**
 * What is kept between two runs: the {@code .hf} file, a zip of JSON that {@link HfFormat} writes and reads. A tree of
 * maps, lists, texts, numbers and variables goes in, and the same tree comes out. Java serialization has no part in it,
 * so a file from a stranger can at worst be refused. {@code docs/format.md} describes the format for other programs.
 */
@NullMarked
package io.afnio4j.serial;

import org.jspecify.annotations.NullMarked;
