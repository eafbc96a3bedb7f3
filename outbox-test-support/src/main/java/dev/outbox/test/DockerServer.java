package dev.outbox.test;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container that keeps its ports over restarts. Testcontainers removes it when this JVM is gone. */
final class DockerServer implements Backend {

    private final String name;
    private final GenericContainer<?> container;
    private final int port;
    private boolean created;

    /** A container of an image that publishes a port of this machine. */
    DockerServer(String name, String image, int port, int containerPort) {
        this.name = name;
        this.port = port;
        container = new GenericContainer<>(DockerImageName.parse(image));
        publish(port, containerPort);
    }

    /** The configuration of the container, before its first start. */
    GenericContainer<?> container() {
        return container;
    }

    void publish(int hostPort, int containerPort) {
        Ports.requireFree(name, hostPort);
        container.addExposedPort(containerPort);
        List<String> bindings = new ArrayList<>(container.getPortBindings());
        bindings.add(hostPort + ":" + containerPort);
        container.setPortBindings(bindings);
    }

    /**
     * Keeps the data in a volume of its own that the directory names: a server in a container runs as another user, whose
     * files would be in the way. Without the directory's note a new volume begins.
     */
    void keepData(@Nullable Path directory, String containerPath) {
        if (directory == null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Path note = directory.resolve("docker-volume");
            if (!Files.exists(note)) {
                Files.writeString(note, "outbox-test-" + UUID.randomUUID());
            }
            Bind bind = new Bind(Files.readString(note), new Volume(containerPath));
            container.withCreateContainerCmdModifier(
                    command -> Objects.requireNonNull(command.getHostConfig()).withBinds(bind));
        } catch (IOException e) {
            throw new ServerStartException(
                    "%s cannot keep its data in %s: %s".formatted(name, directory, e.getMessage()), e);
        }
    }

    static String dockerHost() {
        return DockerClientFactory.instance().dockerHostIpAddress();
    }

    @Override
    public String host() {
        return dockerHost();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        if (created) {
            docker().startContainerCmd(container.getContainerId()).exec();
        } else {
            try {
                container.start();
            } catch (RuntimeException e) {
                throw new ServerStartException("%s did not start in Docker: %s".formatted(name, e.getMessage()), e);
            }
            created = true;
        }
    }

    @Override
    public boolean isRunning() {
        return created && container.isRunning();
    }

    @Override
    public boolean saysReady() {
        return true;
    }

    @Override
    public void pause() {
        docker().pauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void resume() {
        docker().unpauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void kill() {
        docker().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void stop() {
        if (isRunning()) {
            docker().stopContainerCmd(container.getContainerId())
                    .withTimeout(10)
                    .exec();
        }
    }

    @Override
    public void release() {
        container.stop();
    }

    @Override
    public String logTail() {
        return created ? container.getLogs() : "";
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }
}
