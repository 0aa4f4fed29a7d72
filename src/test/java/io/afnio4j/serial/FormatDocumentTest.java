package io.afnio4j.serial;

import static io.afnio4j.testing.Await.now;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The worked example of {@code docs/format.md} is what the code writes, and what it must be able to read for good. */
class FormatDocumentTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void theExampleIsWhatIsWritten() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(HfFormat.standard().save(checkpoint(), out));
        Map<String, byte[]> entries = archive().unpack(out.toByteArray());

        assertThat(entries.keySet()).containsExactly("manifest.json", "data.json");
        assertThat(withoutWriter(JSON.readTree(entries.get("manifest.json"))))
                .isEqualTo(withoutWriter(JSON.readTree(example(0))));
        assertThat(JSON.readTree(entries.get("data.json"))).isEqualTo(JSON.readTree(example(1)));
    }

    @Test
    void theExampleCanBeRead() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("manifest.json", example(0).getBytes(UTF_8));
        entries.put("data.json", example(1).getBytes(UTF_8));

        Object read =
                HfFormat.standard().read(new ByteArrayInputStream(archive().pack(entries)));

        assertThat(Trees.shown(read)).isEqualTo(Trees.shown(checkpoint()));
    }

    @Test
    void charactersBeyondAsciiStandAsTheyAreAndSurrogatesAsEscapes() {
        assertThat(entry("data.json", "Grüße \u4f60")).isEqualTo("\"Grüße \u4f60\"");
        assertThat(entry("data.json", "\ud83d\ude00")).isEqualTo("\"\\uD83D\\uDE00\"");
        assertThat(entry("data.json", "cut \ud83d")).isEqualTo("\"cut \\uD83D\"");
    }

    @Test
    void theManifestSaysWhoWroteTheFile() {
        assertThat(entry("manifest.json", "any")).endsWith("\"writer\":\"development\"}"); // not from a jar
    }

    private static String entry(String name, Object tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(HfFormat.standard().save(tree, out));
        return new String(archive().unpack(out.toByteArray()).get(name), UTF_8);
    }

    private static Map<String, Object> checkpoint() {
        Parameter prompt = new Parameter("Answer in one word.", "system prompt");
        prompt.grad(List.of(new Variable("Name the categories.", "feedback to system prompt")));
        Map<String, Object> checkpoint = new LinkedHashMap<>();
        checkpoint.put("prompt", prompt);
        checkpoint.put("chat", List.of(Message.user(new Variable("Hello", "greeting"))));
        checkpoint.put("scores", new Variable(List.of(0.5, Double.NaN), "scores of the last batch"));
        checkpoint.put("epoch", 3L);
        checkpoint.put("$note", "a key that begins with a dollar");
        return checkpoint;
    }

    private static Archive archive() {
        return new Archive(ReadLimits.DEFAULTS, Place.STREAM);
    }

    private static JsonNode withoutWriter(JsonNode manifest) {
        return ((ObjectNode) manifest).without("writer");
    }

    private static String example(int number) throws IOException {
        return Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs", "format.md")))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```json\n".length(), block.length() - "```".length()))
                .toList()
                .get(number);
    }
}
