package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The published schema of the protocol. It isn't part of this project: a test that needs it is skipped where the file
 * isn't there. The system property {@code afnio4j.chatSchema} says where it is.
 */
final class ChatSchema {

    private static final Path FILE =
            Path.of(System.getProperty("afnio4j.chatSchema", "../shared/reference/openai-chat.schema.json"));

    private ChatSchema() {}

    static void requireRequest(JsonNode json) {
        require("CreateChatCompletionRequest", json);
    }

    static void require(String definition, JsonNode json) {
        assertThat(of(definition).validate(json)).as("%s", json).isEmpty();
    }

    static Schema of(String definition) {
        assumeTrue(
                Files.isRegularFile(FILE),
                () -> "The protocol's schema isn't at " + FILE
                        + "; name the file with -Dafnio4j.chatSchema=... to check against it.");
        ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(FILE.toFile());
        root.put("$id", "urn:test:" + definition).put("$ref", "#/$defs/" + definition);
        splitTypes(root);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(root);
    }

    // The validator fails on "type": ["number", "null"] beside "minimum"; this says the same in other words.
    private static void splitTypes(JsonNode node) {
        node.values().forEach(ChatSchema::splitTypes);
        if (node instanceof ObjectNode schema && schema.path("type").isArray()) {
            ArrayNode choices = schema.withArray("allOf").addObject().putArray("anyOf");
            schema.remove("type").values().forEach(type -> choices.addObject().set("type", type));
        }
    }
}
