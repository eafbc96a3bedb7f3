package dev.outbox.encryption;

import dev.outbox.spi.EncryptionKey;
import java.util.Optional;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.NativeServices;
import org.bouncycastle.crypto.PacketCipher;
import org.bouncycastle.crypto.PacketCipherException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.AESGCMPacketCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.modes.gcm.BasicGCMMultiplier;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.springframework.util.ClassUtils;

/**
 * AES-256-GCM (NIST SP 800-38D) and HKDF-SHA256 (RFC 5869) by Bouncy Castle's own interface: no provider is registered in the
 * JVM. Whoever uses this class needs Bouncy Castle on the class path; what mentions its types cannot even be loaded without.
 */
final class AesGcm {
    /** By default Bouncy Castle begins each payload with a table for its key. Of a payload of 500 bytes that is a quarter of the time; one of 10,000 bytes gains by it. */
    private static final int WORTH_A_TABLE = 4096;

    private static final boolean NATIVE =
            ClassUtils.isPresent("org.bouncycastle.crypto.PacketCipher", AesGcm.class.getClassLoader())
                    && NativePackets.areThere();

    private AesGcm() {}

    /** The first half of HKDF, of a key that is already random; without a salt, as RFC 5869 allows then. The same for every purpose. */
    static byte[] extract(byte[] secret) {
        HMac hmac = new HMac(new SHA256Digest());
        hmac.init(new KeyParameter(new byte[hmac.getMacSize()]));
        hmac.update(secret, 0, secret.length);
        byte[] extracted = new byte[hmac.getMacSize()];
        hmac.doFinal(extracted, 0);
        return extracted;
    }

    /** The second half: a key of 256 bits for one purpose. */
    static byte[] expand(byte[] extracted, byte[] purpose) {
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
        hkdf.init(HKDFParameters.skipExtractParameters(extracted, purpose));
        byte[] key = new byte[EncryptionKey.BYTES];
        hkdf.generateBytes(key, 0, key.length);
        return key;
    }

    /** Writes ciphertext and tag into {@code target}. */
    static void encrypt(byte[] key, byte[] nonce, byte[] associated, byte[] plaintext, byte[] target, int at) {
        AEADParameters parameters = parameters(key, nonce, associated);
        if (NATIVE) {
            NativePackets.encrypt(parameters, plaintext, target, at);
            return;
        }
        GCMModeCipher cipher = cipher(plaintext.length);
        cipher.init(true, parameters);
        int written = cipher.processBytes(plaintext, 0, plaintext.length, target, at);
        try {
            cipher.doFinal(target, at + written);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("only thrown when decrypting", e);
        }
    }

    /** The plaintext of what follows {@code at}, ciphertext and tag; empty if the tag does not fit. */
    static Optional<byte[]> decrypt(byte[] key, byte[] nonce, byte[] associated, byte[] source, int at) {
        AEADParameters parameters = parameters(key, nonce, associated);
        if (NATIVE) return NativePackets.decrypt(parameters, source, at);
        GCMModeCipher cipher = cipher(source.length - at);
        cipher.init(false, parameters);
        byte[] plaintext = new byte[cipher.getOutputSize(source.length - at)];
        int written = cipher.processBytes(source, at, source.length - at, plaintext, 0);
        try {
            cipher.doFinal(plaintext, written);
            return Optional.of(plaintext);
        } catch (InvalidCipherTextException e) {
            return Optional.empty();
        }
    }

    private static GCMModeCipher cipher(int length) {
        BlockCipher aes = AESEngine.newInstance();
        if (length >= WORTH_A_TABLE) return GCMBlockCipher.newInstance(aes);
        return GCMBlockCipher.newInstance(aes, new BasicGCMMultiplier());
    }

    private static AEADParameters parameters(byte[] key, byte[] nonce, byte[] associated) {
        return new AEADParameters(new KeyParameter(key), Envelope.TAG * Byte.SIZE, nonce, associated);
    }

    /** A payload in one call into the native code that Bouncy Castle's LTS edition has for some processors. The other edition lacks these types: only this class mentions them. */
    private static final class NativePackets {
        static boolean areThere() {
            return CryptoServicesRegistrar.hasEnabledService(NativeServices.AES_GCM_PC);
        }

        static void encrypt(AEADParameters parameters, byte[] plaintext, byte[] target, int at) {
            try {
                AESGCMPacketCipher.newInstance()
                        .processPacket(true, parameters, plaintext, 0, plaintext.length, target, at);
            } catch (PacketCipherException e) {
                throw new IllegalStateException("Bouncy Castle's native code cannot encrypt a payload", e);
            }
        }

        static Optional<byte[]> decrypt(AEADParameters parameters, byte[] source, int at) {
            PacketCipher cipher = AESGCMPacketCipher.newInstance();
            int length = source.length - at;
            byte[] plaintext = new byte[cipher.getOutputSize(false, parameters, length)];
            try {
                cipher.processPacket(false, parameters, source, at, length, plaintext, 0);
                return Optional.of(plaintext);
            } catch (PacketCipherException e) {
                if (e.getReason() == PacketCipherException.Reason.INVALID_CIPHERTEXT) return Optional.empty();
                throw new IllegalStateException("Bouncy Castle's native code cannot decrypt a payload", e);
            }
        }
    }
}
