package io.afnio4j.examples.supersense;

import java.nio.file.Path;

/** A run of a moment: one epoch of one batch. */
final class SmallRun {

    private SmallRun() {}

    static Settings into(Path directory) {
        Settings settings = new Settings();
        settings.epochs = 1;
        settings.batch = 23;
        settings.momentum = 2;
        settings.concurrency = 32;
        settings.seed = 1;
        settings.out = directory;
        return settings;
    }
}
