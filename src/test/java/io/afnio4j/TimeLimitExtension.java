package io.afnio4j;

import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.test.StepVerifier;

/**
 * Lets no StepVerifier wait for ever: what hangs is a failed test after ten seconds. JUnit finds it through its service
 * file.
 */
public final class TimeLimitExtension implements BeforeAllCallback {

    private static volatile boolean installed;

    @Override
    public void beforeAll(ExtensionContext context) {
        StepVerifier.setDefaultTimeout(Duration.ofSeconds(10));
        installed = true;
    }

    static boolean isInstalled() {
        return installed;
    }
}
