/** The library that builds certificates. It needs `reflect-metadata` loaded before it and does not load it itself. */
import 'reflect-metadata';

export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as LibraryCertificate,
  X509CertificateGenerator,
  X509Crl as LibraryRevocationList,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
