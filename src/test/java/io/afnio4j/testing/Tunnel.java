package io.afnio4j.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on this machine: it answers requests for a tunnel as it was told to, and joins the two ends where it has
 * agreed.
 */
public final class Tunnel implements Closeable {

    private static final int SOCKS = 5;
    private static final int NO_LOGIN = 0;
    private static final int LOGIN = 2;
    private static final int REFUSED = 0xFF;

    private final ServerSocket door;
    private final CountDownLatch shut = new CountDownLatch(1);
    private final int target;
    private final Handshake handshake;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private Tunnel(int target, Handshake handshake) throws IOException {
        this.door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        this.target = target;
        this.handshake = handshake;
    }

    /**
     * Opens an HTTP proxy.
     *
     * @param answer the status line
     * @param target the port on this machine to which everything goes
     */
    public static Tunnel answering(String answer, int target) throws IOException {
        return open(new Tunnel(target, (in, out, heads) -> {
            heads.add(head(in));
            out.write((answer + "\r\n\r\n").getBytes(US_ASCII));
            return answer.contains("200");
        }));
    }

    /**
     * Opens a SOCKS5 proxy.
     *
     * @param login {@code user:password}, null where it wants none
     * @param target the port on this machine to which everything goes
     */
    public static Tunnel socks5(@Nullable String login, int target) throws IOException {
        return open(new Tunnel(target, (in, out, heads) -> admits(in, out, login, heads) && connects(in, out, heads)));
    }

    private static Tunnel open(Tunnel tunnel) {
        start(tunnel::serve);
        return tunnel;
    }

    private void serve() throws IOException {
        try {
            while (true) {
                Socket client = door.accept();
                start(() -> serve(client));
            }
        } finally {
            shut.countDown();
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** What was asked for: of HTTP the requests, headers included; of SOCKS the logins and the addresses. */
    public List<String> heads() {
        return heads;
    }

    private void serve(Socket accepted) throws IOException {
        try (Socket client = accepted;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            if (handshake.agreed(in, client.getOutputStream(), heads)) {
                start(() -> in.transferTo(server.getOutputStream()));
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

    /** RFC 1928 and RFC 1929: the client says by which means it could log in, and does so where one is chosen. */
    private static boolean admits(DataInputStream in, OutputStream out, @Nullable String login, List<String> heads)
            throws IOException {
        in.readByte(); // version
        String offered = text(in);
        int wanted = login == null ? NO_LOGIN : LOGIN;
        boolean able = offered.indexOf(wanted) >= 0;
        out.write(new byte[] {SOCKS, (byte) (able ? wanted : REFUSED)});
        if (!able || login == null) {
            return able;
        }
        in.readByte(); // version of the login
        String given = text(in) + ":" + text(in);
        heads.add(given);
        boolean right = given.equals(login);
        out.write(new byte[] {1, (byte) (right ? 0 : 1)});
        return right;
    }

    private static boolean connects(DataInputStream in, OutputStream out, List<String> heads) throws IOException {
        in.readNBytes(3); // version, command, reserved
        int kind = in.readByte();
        String host = kind == 1 ? InetAddress.getByAddress(in.readNBytes(4)).getHostAddress() : text(in);
        heads.add(host + ":" + in.readUnsignedShort());
        out.write(new byte[] {SOCKS, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        return true;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
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
        try {
            shut.await(); // until then who accepts may still get a caller
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Handshake {
        boolean agreed(DataInputStream in, OutputStream out, List<String> heads) throws IOException;
    }

    private interface Work {
        void run() throws IOException;
    }
}
