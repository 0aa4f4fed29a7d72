@org.jspecify.annotations.NullMarked
package io.afnio4j.observe;
