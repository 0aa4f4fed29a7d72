package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.UnexpectedAnswerException;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseDecoderTest {

    @Test
    void readsEventsWhateverEndsTheirLines() {
        assertThat(decode("data: one\n\ndata: two\r\n\r\ndata: three\r\r")).containsExactly("one", "two", "three");
    }

    @Test
    void joinsTheDataLinesOfOneEvent() {
        assertThat(decode("data: {\ndata:  \"a\": 1\ndata\ndata:}\n\n")).containsExactly("{\n \"a\": 1\n\n}");
    }

    @Test
    void tellsObjectsApartBetweenWhichTheEmptyLineIsMissing() {
        assertThat(decode("data: {\"a\":1}\ndata: {\"b\":2}\ndata:{\"c\":\ndata:3}\ndata: [DONE]\n"))
                .containsExactly("{\"a\":1}", "{\"b\":2}", "{\"c\":\n3}", "[DONE]");
        assertThat(decode("data: [{\"a\":1}\ndata: ,{\"b\":2}]\n\n")).containsExactly("[{\"a\":1}\n,{\"b\":2}]");
    }

    @Test
    void takesALineThatBeginsWithABraceForData() {
        assertThat(decode("{\"a\":1}\n{\"b\":2}\r\n\ndata: {\"c\":3}\n{\"d\":4}"))
                .containsExactly("{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}");
    }

    @Test
    void overlooksCommentsAndFieldsOfNoInterest() {
        assertThat(decode(": ping\n\nevent: x\nid: 3\nretry: 5\ndatabase: no\n\n: a\ndata: yes\n: b\n\n\n\n"))
                .containsExactly("yes");
    }

    @Test
    void takesAnEventOfBlanksForNone() {
        assertThat(decode("data:\n\ndata\n\ndata:   \ndata:\n\ndata: yes\n\n")).containsExactly("yes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "heartbeat", "keepalive", "keep-alive"})
    void takesASignOfLifeForNoneWhateverItsData(String name) {
        assertThat(decode("event: " + name + "\r\ndata: 2023-04-07 23:36:05.744043\r\n\r\ndata: yes\n\n"))
                .containsExactly("yes");
    }

    @Test
    void hasWhatAnEventNamedErrorSaysInAnErrorAndNothingElse() {
        assertThat(decode("event: error\ndata: {\"code\":1}\n\ndata: a\n\n"))
                .containsExactly("{\"error\":{\"code\":1}}", "a");
        assertThat(decode("data: slot \"3\"\nevent:error\n\nevent: errors\ndata: b\n\n"))
                .containsExactly("{\"error\":\"slot \\\"3\\\"\"}", "b");
        assertThat(decode("event: error\n\ndata: c\n\n")).containsExactly("c");
    }

    @Test
    void skipsAByteOrderMark() {
        assertThat(decode("\uFEFFdata: one\n\n\n")).containsExactly("one");
    }

    @Test
    void takesAnEventWhoseEmptyLineIsMissing() {
        assertThat(decode("data: one\n\ndata: two")).containsExactly("one", "two");
        assertThat(decode("data: one\n\ndata: two\n")).containsExactly("one", "two");
        assertThat(decode("data: one\n\n")).containsExactly("one");
        assertThat(decode("")).isEmpty();
    }

    @Test
    void givesUpOnALineOrAnEventThatDoesNotEnd() {
        SseDecoder line = new SseDecoder(1024);
        SseDecoder event = new SseDecoder(1024);
        byte[] half = ("data: " + "x".repeat(600)).getBytes(UTF_8);

        assertThat(line.feed(Unpooled.wrappedBuffer(half))).isEmpty();
        assertThat(event.feed(Unpooled.wrappedBuffer(half, new byte[] {'\n'}))).isEmpty();

        assertThatThrownBy(() -> line.feed(Unpooled.wrappedBuffer(half)))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessageStartingWith("A line of the stream is longer than 1 KB");
        assertThatThrownBy(() -> event.feed(Unpooled.wrappedBuffer(half, new byte[] {'\n'})))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessageStartingWith("An event of the stream is longer than 1 KB");
    }

    @Property(tries = 500)
    void findsTheSameEventsWhereverTheNetworkCuts(@ForAll("streams") String stream, @ForAll List<Integer> cuts) {
        byte[] bytes = stream.getBytes(UTF_8);
        TreeSet<Integer> at = new TreeSet<>(List.of(bytes.length));
        cuts.forEach(cut -> at.add(Math.floorMod(cut, bytes.length + 1)));
        SseDecoder decoder = new SseDecoder(1 << 20);
        List<byte[]> events = new ArrayList<>();
        int from = 0;
        for (int to : at) {
            events.addAll(decoder.feed(Unpooled.wrappedBuffer(bytes, from, to - from)));
            from = to;
        }
        events.addAll(decoder.finish());

        assertThat(texts(events)).isEqualTo(decode(stream));
    }

    @Property(tries = 300)
    void findsWhatWasWritten(@ForAll("texts") List<String> texts) {
        StringBuilder stream = new StringBuilder();
        texts.forEach(text ->
                stream.append("data: ").append(text.replace("\n", "\ndata: ")).append("\r\n\r\n"));

        assertThat(decode(stream.toString()))
                .isEqualTo(texts.stream().filter(text -> !text.isBlank()).toList());
    }

    @Provide
    Arbitrary<String> streams() {
        Arbitrary<String> piece = Arbitraries.of(
                "data",
                "data:",
                "data: ",
                ":",
                " ",
                "\n",
                "\n\n",
                "\r",
                "\r\n",
                "\r\n\r\n",
                "\uFEFF",
                "x",
                "世界",
                "🙂",
                "event: a",
                "{\"a\":1}");
        return piece.list().ofMaxSize(30).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings()
                .withChars('a', ' ', ':', '\n', '世', 'é')
                .ofMaxLength(20)
                .list()
                .ofMaxSize(10);
    }

    private static List<String> decode(String stream) {
        SseDecoder decoder = new SseDecoder(1 << 20);
        List<byte[]> events = new ArrayList<>(decoder.feed(Unpooled.wrappedBuffer(stream.getBytes(UTF_8))));
        events.addAll(decoder.finish());
        return texts(events);
    }

    private static List<String> texts(List<byte[]> events) {
        return Arrays.asList(
                events.stream().map(event -> new String(event, UTF_8)).toArray(String[]::new));
    }
}
