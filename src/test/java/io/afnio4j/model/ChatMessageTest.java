package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChatMessageTest {

    private static final ToolCall CALL = new ToolCall("a", "f", "{}");

    @Test
    void joinsItsTextsAndOverlooksPictures() {
        ChatMessage message = ChatMessage.user(
                ContentPart.text("one"), ContentPart.image("https://h/a.png"), ContentPart.text("two"));

        assertThat(message.text()).isEqualTo("one\ntwo");
        assertThat(ChatMessage.user(ContentPart.image("https://h/a.png")).text())
                .isEmpty();
    }

    @Test
    void letsOnlyAnAssistantCallAndOnlyAToolAnswer() {
        assertThat(ChatMessage.assistant("", List.of(CALL)).parts()).isEmpty();
        assertThat(ChatMessage.tool("a", "42").text()).isEqualTo("42");
        assertThatThrownBy(() -> new ChatMessage("user", List.of(), List.of(CALL), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Only an assistant calls tools, not the role 'user'.");
        assertThatThrownBy(() -> new ChatMessage("user", List.of(), List.of(), "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Only a tool answers a tool call, not the role 'user'.");
    }

    @Test
    void takesPicturesByUrlOrAsBytes() {
        ContentPart.Image inline = (ContentPart.Image) ContentPart.image("image/png", new byte[] {1, 2, 3});

        assertThat(inline.url()).isEqualTo("data:image/png;base64,AQID");
        assertThat(inline.inline()).isTrue();
        assertThat(inline.mimeType()).isEqualTo("image/png");
        assertThat(inline.base64()).isEqualTo("AQID");
        assertThat(inline).hasToString("Image[image/png]");
        assertThat(ContentPart.image("https://h/a.png")).hasToString("Image[https://h/a.png]");
        for (String url : new String[] {"a.png", "file:///a.png", "data:image/png,plain"}) {
            assertThatThrownBy(() -> ContentPart.image(url)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
