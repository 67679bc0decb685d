#if TLS
import WSNode

/// The certificate of all servers: always the same, and with signatures of one length, so that TLS sends as many bytes in
/// every run. It proves nothing to anybody.
enum Security {
    static let certificate = TLSMaterial(
        """
        -----BEGIN CERTIFICATE-----
        MIIBQDCB86ADAgECAhR4J9JKez31KCa2pV3X5uzKeJBXNTAFBgMrZXAwFTETMBEG
        A1UEAwwKc2ltdWxhdGlvbjAgFw0yNjExMjExNzA4MzhaGA8yMTI2MTAyODE3MDgz
        OFowFTETMBEGA1UEAwwKc2ltdWxhdGlvbjAqMAUGAytlcAMhAOERN8T6J5TaGAhb
        QvpvoEDkFvB4z43hMccTDWDd/wUfo1MwUTAdBgNVHQ4EFgQUgSRKJmnjaSG/lyqy
        mNeDLtQExAcwHwYDVR0jBBgwFoAUgSRKJmnjaSG/lyqymNeDLtQExAcwDwYDVR0T
        AQH/BAUwAwEB/zAFBgMrZXADQQDb9gi5KEbv6ZBFTkQecoefndxO8lOaDTMtaDIt
        xPOycaT5+2j6zyiBghzzMUBQWyUpgkJFa7fTwCjI3lFQGzIC
        -----END CERTIFICATE-----
        """)

    static let key = TLSMaterial(
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIEt1eXrE7Y085PmGchb3mId8vYOHSLxxh5KJ5LtV4aU9
        -----END PRIVATE KEY-----
        """)
}
#endif
