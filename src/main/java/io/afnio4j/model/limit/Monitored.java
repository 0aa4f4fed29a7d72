package io.afnio4j.model.limit;

/** A client that says at any moment how busy it is. */
public interface Monitored {

    /**
     * How busy the client is.
     *
     * @return a snapshot, cheap to take from any thread
     */
    ClientLoad load();
}
