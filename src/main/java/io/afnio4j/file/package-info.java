/**
 * Files that several calls, or several processes, use at the same time. {@link io.afnio4j.file.LockedFile} lets one process at a time write to a file,
 * {@link io.afnio4j.file.FileWork} does what blocks on threads that may, and does it to its end, and {@link io.afnio4j.file.Links} finds the file that a path means. What
 * the files hold is the business of the rooms that own them.
 */
@NullMarked
package io.afnio4j.file;

import org.jspecify.annotations.NullMarked;
