package io.afnio4j.autodiff;

import io.micrometer.context.ThreadLocalAccessor;

/**
 * Lets the context-propagation library carry {@link GradMode} between the Reactor {@code Context} and threads. It is
 * found by itself where {@code io.micrometer:context-propagation} is on the class path; after
 * {@code Hooks.enableAutomaticContextPropagation()} the grad mode of a subscription then holds on every thread that the
 * pipeline runs on.
 */
public final class GradModeAccessor implements ThreadLocalAccessor<Boolean> {

    /** For the service loader. */
    public GradModeAccessor() {}

    @Override
    public Object key() {
        return GradMode.class;
    }

    @Override
    @SuppressWarnings("NullAway") // null stands for a thread on which nothing was set
    public Boolean getValue() {
        return GradMode.ofThread();
    }

    @Override
    public void setValue(Boolean enabled) {
        GradMode.ofThread(enabled);
    }

    @Override
    public void setValue() {
        GradMode.ofThread(null);
    }
}
