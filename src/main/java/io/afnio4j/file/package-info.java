/**
 * Files that several calls, or several processes, use at the same time. {@link LockedFile} lets one process at a time
 * write to a file, {@link FileWork} does what blocks on threads that may, and does it to its end, and {@link Links}
 * finds the file that a path means. What the files hold is the business of the rooms that own them.
 */
@NullMarked
package io.afnio4j.file;

import org.jspecify.annotations.NullMarked;
