package io.afnio4j.benchmarks.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A provider that costs next to nothing, so that what is measured is the clients: answers of a usual length in OpenAI's
 * form, whole or streamed, each after a delay that the base URL names: {@code http://localhost:port/plain/50} or
 * {@code .../streamed/50}, in milliseconds. A program of its own, so that its processor time isn't the client's. It
 * writes its port on a line and ends with its input.
 */
final class ChatServer {

    private static final int THREADS = 2;
    private static final int BACKLOG = 4096;

    private ChatServer() {}

    public static void main(String[] args) throws Exception {
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                THREADS, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(new ChatHandler());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        System.out.println(((InetSocketAddress) server.localAddress()).getPort());
        while (System.in.read() >= 0) {
            // nothing is expected but the end
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
}
