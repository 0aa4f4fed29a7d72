package io.afnio4j.autodiff;

import reactor.util.context.ContextView;

/**
 * What a {@link BackwardListener} can see of one pass beside its events. It may be read from any thread, also when the
 * pass is over.
 */
public interface PassView {

    /**
     * Who subscribed to the pass: a span that stands in this context is the pass's parent.
     *
     * @return the context of the subscription
     */
    ContextView context();

    /**
     * How many questions wait because the pass's {@linkplain BackwardOptions#maxConcurrency own limit} is reached. A
     * client has a queue of its own behind it.
     *
     * @return a snapshot; 0 where there is no limit
     */
    int queued();
}
