package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.test.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesBytesInBothDirectionsUntilOneSideEnds() throws IOException {
        try (Socket client = client();
                Socket accepted = server.accept()) {
            client.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            accepted.getOutputStream().write(2);
            accepted.shutdownOutput();

            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.shutdownOutput();
            assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void holdsOneDirectionUntilReleased() throws IOException {
        try (Socket client = client();
                Socket accepted = server.accept()) {
            proxy.hold(Direction.TO_CLIENT);
            accepted.getOutputStream().write(new byte[] {1, 2, 3});
            client.getOutputStream().write(4);

            assertThat(accepted.getInputStream().read()).isEqualTo(4);
            await().until(() -> proxy.held(Direction.TO_CLIENT) == 3);
            client.setSoTimeout(200);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.release(Direction.TO_CLIENT);
            client.setSoTimeout(5_000);
            assertThat(client.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
            assertThat(proxy.held(Direction.TO_CLIENT)).isZero();
        }
    }

    @Test
    void delaysOneDirection() throws IOException {
        try (Socket client = client();
                Socket accepted = server.accept()) {
            proxy.delay(Direction.TO_SERVER, Duration.ofMillis(300));
            long start = System.nanoTime();
            client.getOutputStream().write(1);

            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void resetsBothSidesAndLosesWhatIsHeld() throws IOException {
        try (Socket client = client();
                Socket accepted = server.accept()) {
            proxy.hold(Direction.TO_CLIENT);
            accepted.getOutputStream().write(1);
            await().until(() -> proxy.held(Direction.TO_CLIENT) == 1);

            proxy.reset();

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void refusesNewConnectionsOnlyUntilHealed() throws IOException {
        try (Socket open = client();
                Socket accepted = server.accept()) {
            proxy.refuse();

            try (Socket refused = client()) {
                assertThatThrownBy(() -> refused.getInputStream().read()).isInstanceOf(SocketException.class);
            }
            open.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            proxy.heal();
            try (Socket healed = client();
                    Socket next = server.accept()) {
                healed.getOutputStream().write(2);
                assertThat(next.getInputStream().read()).isEqualTo(2);
            }
        }
    }

    @Test
    void resetsConnectionsToAServerThatIsDown() throws IOException {
        server.close();

        try (Socket client = client()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void leavesNoThreadAfterClose() throws IOException {
        String threads = "tcp-proxy-" + proxy.port() + "-";
        try (Socket client = client();
                Socket accepted = server.accept()) {
            proxy.hold(Direction.TO_SERVER);
            client.getOutputStream().write(1);
            await().until(() -> proxy.held(Direction.TO_SERVER) == 1);

            proxy.close();

            assertThat(accepted.isConnected()).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith(threads));
        }
    }

    /** A client whose connection may be reset at any moment. */
    private Socket client() throws IOException {
        Socket client = new Socket(proxy.host(), proxy.port());
        client.setSoTimeout(5_000);
        return client;
    }
}
