package io.afnio4j.model;

/** A model that counts what it uses. */
public interface Metered {

    /**
     * What was used so far, by phase.
     *
     * @return the meter, which goes on counting
     */
    UsageMeter usage();
}
