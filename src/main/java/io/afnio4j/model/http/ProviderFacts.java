package io.afnio4j.model.http;

import io.afnio4j.model.ApiKey;
import io.afnio4j.model.KeyHeader;
import java.net.URI;

/**
 * What is known of a provider beforehand.
 *
 * @param name the part of a model path before the slash
 * @param title its name in sentences
 * @param base where its own API lives
 * @param keyHeader how it wants to have the key
 */
public record ProviderFacts(String name, String title, URI base, KeyHeader keyHeader) {

    String keyVariable() {
        return ApiKey.variableFor(name);
    }
}
