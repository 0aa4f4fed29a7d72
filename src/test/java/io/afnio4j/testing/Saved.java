package io.afnio4j.testing;

import io.afnio4j.serial.HfFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/** What comes back of a state that was saved. */
public final class Saved {

    private Saved() {}

    /** Saves and loads; the copy can be changed. */
    public static Map<Object, Object> throughAFile(Map<String, Object> state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Mono<Object> load = Mono.defer(() -> HfFormat.standard().load(new ByteArrayInputStream(out.toByteArray())));
        return new LinkedHashMap<>(
                (Map<?, ?>) Await.now(HfFormat.standard().save(state, out).then(load)));
    }
}
