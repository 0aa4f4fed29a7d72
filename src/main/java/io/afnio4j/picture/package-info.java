/**
 * Pictures of graphs and of passes. {@link Graph} draws what a variable was made from, as DOT, Mermaid or SVG;
 * {@link PassRecord} watches a backward pass, so that the same graph can be drawn with what became of each node, and
 * {@link Gantt} shows who waited for what and where the critical path was. All pictures are self-contained text, user
 * text in them is escaped, and what looks alike is folded, so that they stay readable with thousands of nodes.
 */
@NullMarked
package io.afnio4j.picture;

import org.jspecify.annotations.NullMarked;
