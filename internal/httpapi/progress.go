package httpapi

func (s *Server) progressRoutes() {}
