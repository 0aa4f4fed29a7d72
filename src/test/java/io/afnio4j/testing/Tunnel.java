package io.afnio4j.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy for one connection: it answers the request for a tunnel as it was told to, and joins the two ends where that says 200. */
public final class Tunnel implements Closeable {

    private final ServerSocket door;
    private final String answer;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private Tunnel(ServerSocket door, String answer) {
        this.door = door;
        this.answer = answer;
    }

    /**
     * Opens a proxy.
     *
     * @param answer the status line
     * @param target the port on this machine to which everything goes
     */
    public static Tunnel answering(String answer, int target) throws IOException {
        Tunnel tunnel = new Tunnel(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), answer);
        start(() -> tunnel.serve(target));
        return tunnel;
    }

    public int port() {
        return door.getLocalPort();
    }

    /** The requests for a tunnel, headers included. */
    public List<String> heads() {
        return heads;
    }

    private void serve(int target) throws IOException {
        try (Socket client = door.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            heads.add(head(client.getInputStream()));
            client.getOutputStream().write((answer + "\r\n\r\n").getBytes(US_ASCII));
            if (answer.contains("200")) {
                start(() -> client.getInputStream().transferTo(server.getOutputStream()));
                server.getInputStream().transferTo(client.getOutputStream());
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
            head.write(in.read());
        }
        return head.toString(US_ASCII);
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // One of the two ends has gone, and so does the tunnel.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    private interface Work {
        void run() throws IOException;
    }
}
